"""The doctor is told to end while this plugin is being imported."""

from doctor.cli import Told

raise Told(143)
