"""The particles of names ("van der Berg", "Ali ibn Sina"): a closed class in every letter."""

#: Particles between a first and a last name.
INNER_PARTICLES = frozenset(
    "van von der den de la del da dos di du le el al bin bint ibn ben ter zu".split()
)
#: Also those that join two family names ("Ortega y Gasset", "i", "e") and the rarer "ten".
PARTICLES = INNER_PARTICLES | {"ten", "y", "e", "i"}
