import importlib.resources
import os
import sys

import yaml


class Greeter:
    @staticmethod
    def run():
        words = yaml.safe_load((importlib.resources.files("greeter") / "words.yaml").read_text())
        print(words["greeting"], *sys.argv[1:], sorted(os.environ))
