"""What ``batch --help`` says of experiments."""

EXAMPLE = """\
question = "Do few labs or few vendors hurt users more?"
rounds = 24            # months of each run
users = 20000          # simulated in each run
replications = 5       # runs of each setting

[[settings]]
scenario = "baseline"

[[settings]]
name = "price war"
scenario = "lab-price-war"
set = { "labs.repricing_hazard" = 0.5 }

[grid]                 # every combination: 2 x 3 points
"vendors.count" = [1, 3]
"labs.count" = [2, 5, 10]
"""
"""An experiment of twelve settings."""

FORMS = """\
An experiment is a TOML file: a question, and any of

  settings           scenarios by name, each with parameters set in it
  grid               every combination of values
  list               first values together, then second ones, and so on
  latin_hypercube    n points that fill ranges evenly
  sobol              n points, a power of two, of low discrepancy
  stop               replicate until an interval is narrow enough
  limits             seconds and memory that a run may take

Settings, grid, list and samples are crossed; every combination runs
replications times. Replication 3 has the same seed in every setting, so
differences between settings are not blurred by luck.
"""

MORE = """\
Other designs, to put in place of the grid or beside it:

  [list]
  "vendors.count" = [1, 3, 8]
  "labs.count" = [10, 5, 2]

  [latin_hypercube]
  n = 50
  ranges = { "labs.overhead_share" = [0.1, 0.5] }

  [sobol]
  n = 64
  [sobol.ranges]
  "vendors.unit_cost" = { low = 3320, high = 13200, log = true }

  [stop]               # instead of replications
  measure = "margin"
  layer = "labs"
  half_width = 0.02

tokenmarket new experiment NAME writes a file with all of it to start from.
"""


def _indented(text: str) -> str:
    return "".join(f"  {line}".rstrip() + "\n" for line in text.splitlines())


EXPLANATION = f"{FORMS}\nA worked example, twelve settings:\n\n{_indented(EXAMPLE)}\n{MORE}"
BATCH_EPILOG = EXPLANATION.replace("[", r"\[")
"""The explanation, with brackets that are no markup."""
