"""The parts of same-as-haproxy: the private copy, what runs inside a namespace, the comparison."""
