"""Between the network and the routes: what every request passes, and what is seen of it from outside."""
