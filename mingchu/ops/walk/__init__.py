"""Walk 走查: a page of docs/walk read by people and walked by a program, step by step."""
