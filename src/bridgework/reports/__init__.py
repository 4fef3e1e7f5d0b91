"""Documents that a person reads: self-contained HTML pages, and their content as JSON for scripts."""
