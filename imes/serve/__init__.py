"""What `make run` runs: every process of the portal on one machine, started in order and stopped in order."""
