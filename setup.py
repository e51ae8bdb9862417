"""objpub: your Python objects are the site.

Lower bounds stand here, because objpub is a library; the exact versions that its own development and
continuous integration use stand in constraints.txt.
"""

import pathlib
import re
import shutil

from setuptools import find_packages
from setuptools import setup
from setuptools.command.build_py import build_py

HERE = pathlib.Path(__file__).parent
STUBS = HERE / "stubs"

CORE = [
    "BTrees>=6.4",
    "Chameleon>=4.6",
    "Pillow>=12",
    "PyYAML>=6.0.2",
    "Pygments>=2.19",
    "RestrictedPython>=9.0",
    "WebOb>=1.8.9",
    "ZODB>=6.4",
    "click>=8.2",
    "defusedxml>=0.7.1",
    "hupper>=1.12",
    "linkify-it-py>=2.0",
    "markdown-it-py>=4.0",
    "mdit-py-plugins>=0.5",
    "multipart>=1.3",
    "nh3>=0.3",
    "persistent>=6.5",
    "pwdlib[argon2]>=0.3",
    "pydantic>=2.12",
    "rich>=14",
    "transaction>=5.0",
    "waitress>=3.0.2",
    "zc.lockfile>=3.0",
]

EXTRAS = {
    "zeo": ["ZEO>=6.1"],
    "postgresql": ["RelStorage>=4.3", "psycopg2-binary>=2.9.10"],
    "sqlite": ["RelStorage>=4.3"],
    "fast": ["granian>=2.8,<3"],
    "webdav": ["WsgiDAV>=4.3.3"],
    "ldap": ["ldap3>=2.9.1"],
    "test": [
        "RelStorage>=4.3",
        "ZEO>=6.1",
        "WebTest>=3.0.4",
        "axe-playwright-python>=0.1.4",
        "coverage>=7.10",
        "granian>=2.8,<3",
        "httplint>=2026.10",
        "hypothesis>=6.130",
        "ldap3>=2.9.1",
        "mypy>=1.18",
        "playwright>=1.55",
        "psycopg2-binary>=2.9.10",
        "pyright>=1.1.406",
        "pytest>=8.4",
        "pytest-xdist>=3.8",
        "ruff>=0.14",
        "setuptools>=80",
        "types-PyYAML",
        "types-Pygments",
        "types-WebOb",
        "types-defusedxml",
    ],
}
EXTRAS["dev"] = EXTRAS["test"]


class BuildWithStubs(build_py):
    """Puts the stubs of the untyped ZODB family into the wheel, as the stub packages of PEP 561.

    `stubs/persistent` becomes `persistent-stubs` beside `objpub`, so that a site's own mypy or pyright
    finds it without settings. An editable install is left alone: there `mypy_path` in pyproject.toml names
    the folder.
    """

    def run(self):
        """Build the packages, then copy the stubs."""
        super().run()
        if self.editable_mode:
            return
        for package in sorted(path for path in STUBS.iterdir() if path.is_dir()):
            target = pathlib.Path(self.build_lib, f"{package.name}-stubs")
            shutil.copytree(package, target, dirs_exist_ok=True)


def version():
    """Return the version that CHANGES.md names first."""
    return re.search(r"^## (\d+\.\S+)", (HERE / "CHANGES.md").read_text("utf-8"), re.MULTILINE).group(1)


setup(
    name="objpub",
    version=version(),
    description="Your Python objects are the site: a web publisher for the object database ZODB",
    long_description=(HERE / "README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    packages=find_packages(include=["objpub", "objpub.*"]),
    # One plain path line in an editable install; buildout reads no other kind. See docs/howto/contribute.md.
    package_dir={"": "."},
    package_data={
        "": ["py.typed", "templates/*", "templates/**/*", "layouts/*", "static/*", "static/**/*", "*.toml"]
    },
    include_package_data=False,
    install_requires=CORE,
    extras_require=EXTRAS,
    entry_points={"console_scripts": ["objpub = objpub.command:main"]},
    cmdclass={"build_py": BuildWithStubs},
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Environment :: Web Environment",
        "Intended Audience :: Developers",
        "Operating System :: POSIX",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Internet :: WWW/HTTP :: Dynamic Content :: Content Management System",
        "Typing :: Typed",
    ],
)
