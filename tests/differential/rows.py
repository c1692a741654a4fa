"""Many listen sections in one configuration, each with its own client script, all run side by side."""


def pairs(base, **rows):
    """One listen section per row; `@` in a row stands for the row's own stub port."""
    text = base
    for name, lines in rows.items():
        text += f"\nlisten {name}\n    bind 127.0.0.1:[[{name}]]\n"
        text += "".join(f"    {line.strip().replace('@', f'127.0.0.1:[[srv_{name}]]')}\n" for line in lines.split(";"))
    return text


def servers(**rows):
    return {"srv_" + name: behaviour for name, behaviour in rows.items()}


def each(env, logged=None, **scripts):
    """All rows side by side; each script gets a client connected to its row."""
    def run(name, script):
        script(env.client(name, name=name))
    env.parallel(*[lambda name=name, script=script: run(name, script) for name, script in scripts.items()])
    env.logs(len(scripts) if logged is None else logged)
