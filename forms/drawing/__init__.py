"""How the fields of a form are drawn: `inputs` what is typed into, `fields` label, unit, help and problems about it."""
