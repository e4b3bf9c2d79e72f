"""What is done: one verb a function: load in the actor's scope, ask the rules, write, record."""
