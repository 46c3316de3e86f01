"""Convert a dataset with the Datumaro of this interpreter, media and all.

    convert.py IN FORMAT OUT FORMAT
"""

import sys

from datumaro.components.dataset import Dataset


def main(arguments):
    source, source_format, target, target_format = arguments
    Dataset.import_from(source, source_format).export(target, target_format, save_media=True)


if __name__ == "__main__":
    main(sys.argv[1:])
