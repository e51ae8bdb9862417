"""nginx in front of a site, for tests: Debian's, with a configuration of its own, on a free port."""

import os
import shutil
import subprocess
from contextlib import contextmanager

from tests.directory import CERTIFICATE
from tests.directory import free_port
from tests.directory import KEY
from tests.directory import missing
from tests.directory import wait_for

CONFIGURATION = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Prefix "";
    server {{
        listen 127.0.0.1:{plain} default_server;
        listen 127.0.0.1:{secure} ssl default_server;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        location / {{ proxy_pass http://127.0.0.1:{port}; }}
    }}
    server {{
        listen 127.0.0.1:{plain};
        listen 127.0.0.1:{secure} ssl;
        server_name {prefixed};
        location / {{ return 404; }}
{locations}
    }}
}}
"""
LOCATION = """\
        location {prefix}/ {{
            proxy_pass http://127.0.0.1:{port}/;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Prefix {prefix};
        }}
"""


@contextmanager
def nginx(folder, port, plain, secure, prefixed="", prefixes=()):
    """Run nginx in *folder* until the end of the block, in front of what listens on *port*.

    plain, secure: the ports for HTTP and HTTPS. prefixed: a host with nothing but the site, below each of
    *prefixes*, which are taken off.
    """
    found = nginx_program()
    values = {"folder": folder, "certificate": CERTIFICATE, "key": KEY, "prefixed": prefixed or "_"}
    locations = "".join(LOCATION.format(prefix=prefix, port=port) for prefix in prefixes)
    ports = {"port": port, "plain": plain, "secure": secure}
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(locations=locations, **values, **ports))
    command = [found, "-p", folder, "-e", folder / "error.log", "-c", configuration]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(plain, process, "nginx")
            yield process
        finally:
            process.terminate()
            process.wait(20)


def nginx_program():
    """Return where nginx is; without it the test is skipped, and fails in CI."""
    found = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        missing("There is no nginx: apt-get install nginx-light")
    return found


def free_ports():
    """Return two ports that nobody listens on."""
    one = other = free_port()
    while other == one:
        other = free_port()
    return one, other
