"""The services Serai brings along (PostgreSQL, Valkey) and the processes it looks after.

Nothing in this package imports Django: settings read `LocalState` from here.
"""
