"""Accounts 人员与权限: people, posts, roles and scopes, sign-in, tokens, access log."""
