# Serves PyPI's `localstripe`, a Stripe that others wrote, on a free port of this machine, and prints the port. It ends with its standard input.

import asyncio
import sys

from aiohttp import web
from localstripe.resources import store
from localstripe.server import app


async def main():
    # Its own start listens on every address, and keeps what it has in a file of the machine.
    store.dump_to_disk = lambda: None
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(site._server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


asyncio.run(main())
