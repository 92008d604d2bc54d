#!/usr/bin/env python
"""Django's command line, for migrations and shells; people use `serai`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
