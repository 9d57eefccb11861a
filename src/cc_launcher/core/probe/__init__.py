"""`cc probe`: what an endpoint is asked, how its answers are judged, and what is said of it. Pure: `net/` sends."""
