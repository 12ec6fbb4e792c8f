"""Stories: order flows in TOML, played on an in-memory shop or on a real site, with the same outcome.

`story` reads a file, `play` runs its steps on a driver and checks what must hold, `timeline` prints it.
The drivers are `shop` (pure rules, no bench) and `site` (real documents on a real ERPNext site).
"""
