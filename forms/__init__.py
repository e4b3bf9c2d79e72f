"""What is typed: WTForms forms, fields and validators."""
