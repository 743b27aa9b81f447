#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""metric_value.py [--sum] METRIC [LABEL=VALUE...]: of the series in the text on stdin that have these labels, as a
whole number where it is one; nothing if there is none. The parser is that of Prometheus' own client."""
import sys

from prometheus_client.parser import text_string_to_metric_families


def main():
    arguments = sys.argv[1:]
    add_up = arguments[0] == "--sum"
    name, *labels = arguments[add_up:]
    wanted = dict(label.split("=", 1) for label in labels)
    values = [sample.value for family in text_string_to_metric_families(sys.stdin.read()) for sample in family.samples
              if sample.name == name and wanted.items() <= sample.labels.items()]
    if not values:
        return
    if len(values) > 1 and not add_up:
        sys.exit(f"{len(values)} series of {name} have {wanted}")
    total = sum(values)
    print(int(total) if total == int(total) else total)


if __name__ == "__main__":
    main()
