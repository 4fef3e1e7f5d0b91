"""The profiles that come along: one YAML file each; `template` is for copying."""
