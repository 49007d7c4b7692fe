"""Random draws 随机抽取: fsdraw/1, a draw that anyone can replay; any office may use it."""
