"""Detection: recognisers read the detection view and give findings; none decides what happens."""

import os

# ONNX Runtime, from 1.29 on, tells its maker about machine and model, and keeps a number of the
# machine in the home folder, unless this stands in the environment before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
