"""When a member may be paged: windows of wall-clock time, exceptions, time off. Pure, and without a clock."""
