"""What time it is, handed in, so that a test can move it."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
