"""Pure code: profiles, their resolution, plans and what is said about them. No I/O, no clock."""
