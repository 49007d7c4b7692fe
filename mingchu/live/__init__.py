"""Live 实时: subscriptions of events by WebSocket, in a process of its own without Django."""
