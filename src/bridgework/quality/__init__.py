"""What is wrong or worth knowing of the practice's data, as findings that a practice can act on."""
