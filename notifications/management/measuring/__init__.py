"""What `manage.py bench` measures with: a stage of its own, floors to compare with, and the figures of a run."""
