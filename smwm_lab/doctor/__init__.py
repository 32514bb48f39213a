"""Is this machine ready for the course? Checks that look, say in one line what they found, and what to do about it.

- `examine`: do the checks one after the other; it never raises.
- `Finding`: what a check found.

Nothing heavy is imported before the check that needs it, so that what is missing is a finding and not an error.
"""

from smwm_lab.doctor.examination import CHECKS, Check, examine
from smwm_lab.doctor.finding import FAIL, OK, STATUSES, WARN, Finding


__all__ = ["CHECKS", "FAIL", "OK", "STATUSES", "WARN", "Check", "Finding", "examine"]
