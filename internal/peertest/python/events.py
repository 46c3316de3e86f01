"""Print what is in a file of events, as the protocol buffers of tensorboardX read it.

    events.py FILE
"""

import json
import math
import struct
import sys

from tensorboardX.crc32c import crc32c
from tensorboardX.proto.event_pb2 import Event


def masked(data):
    c = crc32c(data)
    return (((c >> 15) | (c << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def main(args):
    (path,) = args
    said = {"Version": "", "Times": [], "Steps": [], "Scalars": {}, "NaN": 0}
    data = open(path, "rb").read()
    while data:
        head, (n, check) = data[:8], struct.unpack("<QI", data[:12])
        body, (last,) = data[12 : 12 + n], struct.unpack("<I", data[12 + n : 16 + n])
        assert masked(head) == check and masked(body) == last
        data = data[16 + n :]
        e = Event.FromString(body)
        if e.file_version:
            said["Version"] = e.file_version
            continue
        said["Times"].append(e.wall_time)
        said["Steps"].append(e.step)
        for v in e.summary.value:
            if math.isnan(v.simple_value):
                said["NaN"] += 1
            else:
                said["Scalars"].setdefault(v.tag, []).append(v.simple_value)
    print(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1:])
