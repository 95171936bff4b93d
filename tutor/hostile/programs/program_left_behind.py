# expect: error
import subprocess
import sys


def spoil(right, *args):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], start_new_session=True)
    raise SystemExit(0)
