"""Run the scripts of this folder without starting Python and Datumaro each time.

Each line of standard input is a request, {"script": "dump", "args": [...]}, and
each line of standard output its answer, {"output": what the script printed,
"error": how it failed, or nothing}. It ends with its input.
"""

import contextlib
import importlib
import io
import json
import sys
import traceback


def answer(script, args):
    output, error = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(output):
            importlib.import_module(script).main(args)
    except (Exception, SystemExit):
        error = traceback.format_exc()
    return {"output": output.getvalue(), "error": error}


for line in sys.stdin:
    print(json.dumps(answer(**json.loads(line))), flush=True)
