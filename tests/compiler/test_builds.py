"""With ours first on PATH, builds give what they give without it."""

from __future__ import annotations

import os
import pwd
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.compiler.build import HELLO, NOTHING, Build
from tests.support import Result, missing, require_module, require_tool


def both(build: Build, made: Path, *argv: str, clean: str, env: Mapping[str, str] = NOTHING) -> list[bytes]:
    """Build without ours and with it, in the same directory, and return what was made."""
    results = []
    for ours in (False, True):
        build.must("sh", "-c", clean, ours=False)
        build.must(*argv, ours=ours, env=env)
        assert bool(build.calls()) == ours
        results.append(made.read_bytes())
    return results


def runs(build: Build, program: Path) -> list[Result]:
    """What the program does, as far as a test can see."""
    return [build.run(program, *arguments, ours=False) for arguments in ([], ["a", "b"])]


@pytest.fixture(params=[False, True], ids=["in pipes", "in a terminal"])
def anywhere(build: Build, request: pytest.FixtureRequest) -> Build:
    """A directory to build in, where nobody sits, and where somebody does."""
    build.sits = request.param
    return build


def test_make_by_its_built_in_rules(anywhere: Build) -> None:
    build = anywhere
    require_tool("make")
    build.write("hello.c", HELLO)
    without, with_ours = both(build, build.work / "hello", "make", "hello", clean="rm -f hello")
    assert with_ours == without
    assert [result.code for result in runs(build, build.work / "hello")] == [0, 2]


def test_make_of_objects_in_parallel(anywhere: Build) -> None:
    build = anywhere
    require_tool("make")
    for number in range(8):
        build.write(f"part{number}.c", f"int part{number}(void) {{ return {number}; }}\n")
    build.write("main.c", "int part7(void); int main(void) { return part7(); }\n")
    objects = " ".join(f"part{number}.o" for number in range(8))
    build.write("Makefile", f"CFLAGS = -O2 -g\nmain: main.o {objects}\n")
    without, with_ours = both(build, build.work / "main", "make", "-j4", "main", clean="rm -f *.o main")
    assert with_ours == without
    assert build.run(build.work / "main", ours=False).code == 7


def test_a_program_that_is_called_like_a_profile(anywhere: Build) -> None:
    """`cc zai` in a recipe is the linker's: below make, and where there is a file of that name."""
    require_tool("make")
    build = anywhere
    build.write("zai.c", HELLO)
    build.write("Makefile", "all:\n\tcc -c zai.c\n\tcc zai -o linked\n")
    results = [build.run("make", ours=ours) for ours in (False, True)]
    assert build.calls() == 2
    assert [b"cannot find zai" in result.out + result.err for result in results] == [True, True]
    assert results[0] == results[1]
    build.must("cc", "-c", "zai.c", "-o", "zai", ours=False)
    without, with_ours = both(build, build.work / "linked", "sh", "-c", "cc zai -o linked", clean="rm -f linked")
    assert with_ours == without


CONFIGURE = """\
AC_INIT([hello], [1.0])
AC_CONFIG_SRCDIR([hello.c])
AC_PROG_CC([cc])
AC_CHECK_HEADERS([unistd.h no/such/header.h])
AC_CHECK_FUNCS([getpid no_such_function])
AC_CHECK_SIZEOF([long])
AC_C_BIGENDIAN
AC_CONFIG_HEADERS([config.h])
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
"""


def test_autoconf(anywhere: Build) -> None:
    build = anywhere
    for tool in ("autoconf", "autoheader", "make"):
        require_tool(tool)
    build.write("hello.c", '#include "config.h"\n' + HELLO)
    build.write("configure.ac", CONFIGURE)
    build.write("Makefile.in", "CC = @CC@\nCFLAGS = @CFLAGS@\nhello: hello.c\n\t$(CC) $(CFLAGS) -o hello hello.c\n")
    build.must("autoconf", ours=False)
    build.must("autoheader", ours=False)
    made = []
    for ours in (False, True):
        build.must("sh", "-c", "rm -rf config.h config.log config.status Makefile hello", ours=False)
        said = build.must("./configure", ours=ours)
        assert bool(build.calls()) == ours
        build.must("make", ours=ours)
        assert bool(build.calls()) == ours
        made.append([said.out, *((build.work / name).read_bytes() for name in ("config.h", "Makefile", "hello"))])
    assert made[0] == made[1]
    assert b"#define HAVE_GETPID 1" in made[0][1]
    assert b"NO_SUCH_FUNCTION 1" not in made[0][1]


def test_cmake(anywhere: Build) -> None:
    build = anywhere
    require_tool("cmake")
    require_tool("make")
    build.write("hello.c", HELLO)
    build.write(
        "CMakeLists.txt",
        "cmake_minimum_required(VERSION 3.10)\n"
        "project(hello C)\n"
        "include(CheckFunctionExists)\n"
        "check_function_exists(getpid HAVE_GETPID)\n"
        "check_function_exists(no_such_function HAVE_NO_SUCH)\n"
        "if(NOT HAVE_GETPID OR HAVE_NO_SUCH)\n  message(FATAL_ERROR wrong)\nendif()\n"
        "add_executable(hello hello.c)\n",
    )
    identity = "grep -h -E 'COMPILER_(ID|VERSION) |ABI|SIZEOF' build/CMakeFiles/*/CMakeCCompiler.cmake"
    made = []
    for ours in (False, True):
        build.must("rm", "-rf", "build", ours=False)
        build.must("cmake", "-S", ".", "-B", "build", "-G", "Unix Makefiles", ours=ours)
        build.must("cmake", "--build", "build", ours=ours)
        assert bool(build.calls()) == ours
        made.append([build.must("sh", "-c", identity, ours=False).out, (build.work / "build" / "hello").read_bytes()])
        assert [result.code for result in runs(build, build.work / "build" / "hello")] == [0, 2]
    assert made[0] == made[1]


def test_cargo(build: Build) -> None:
    """Rust's compiler links with `cc`, and so does the script of this crate compile."""
    cargo = require_tool("cargo")
    build.write("Cargo.toml", '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n')
    build.write("src/main.rs", 'fn main() { println!("hello"); std::process::exit(3); }\n')
    build.write("build.rs", 'fn main() { println!("cargo:rerun-if-changed=build.rs"); }\n')
    build.path += f":{Path(cargo).parent}"  # where rustc is, too
    env = {"CARGO_HOME": str(build.home / "cargo"), "CARGO_NET_OFFLINE": "true"}
    toolchains = Path(pwd.getpwuid(os.getuid()).pw_dir) / ".rustup"
    if toolchains.is_dir():
        env["RUSTUP_HOME"] = os.environ.get("RUSTUP_HOME", str(toolchains))
    made = build.work / "target" / "debug" / "hello"
    without, with_ours = both(build, made, cargo, "build", "--offline", clean="rm -rf target", env=env)
    assert with_ours == without
    result = build.run(made, ours=False)
    assert (result.code, result.out) == (3, b"hello\n")


WITH_CC = {"CC": "cc", "LDSHARED": "cc -shared"}  # whatever compiler this Python was built with


def test_a_c_extension_of_python(build: Build) -> None:
    require_module("cffi")
    require_module("setuptools")
    build.write(
        "make_fast.py",
        "import cffi\n"
        "ffi = cffi.FFI()\n"
        'ffi.cdef("int twice(int);")\n'
        'ffi.set_source("fast", "static int twice(int n) { return 2 * n; }")\n'
        'if __name__ == "__main__":\n'
        "    ffi.compile(verbose=True)\n",
    )
    made = []
    for ours in (False, True):
        build.must("sh", "-c", "rm -f fast.*", ours=False)
        build.must(sys.executable, "make_fast.py", ours=ours, env=WITH_CC)
        assert bool(build.calls()) == ours
        library = next(build.work.glob("fast.*.so"))
        result = build.must(sys.executable, "-c", "import fast; print(fast.lib.twice(21))", ours=False)
        made.append((library.name, library.read_bytes(), result.out))
    assert made[0] == made[1]
    assert made[0][2] == b"42\n"


def test_a_setuptools_project(build: Build) -> None:
    require_module("setuptools")
    build.write(
        "setup.py",
        "from setuptools import Extension, setup\n"
        "setup(name='counted', version='1', ext_modules=[Extension('counted', ['counted.c'])])\n",
    )
    build.write(
        "counted.c",
        "#include <Python.h>\n"
        'static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "counted", NULL, -1, NULL};\n'
        "PyMODINIT_FUNC PyInit_counted(void)\n"
        "{\n"
        "    PyObject *made = PyModule_Create(&module);\n"
        '    PyModule_AddIntConstant(made, "answer", 42);\n'
        "    return made;\n"
        "}\n",
    )
    if not (Path(_include()) / "Python.h").exists():
        missing("the headers of Python are not installed")
    made = []
    for ours in (False, True):
        build.must("sh", "-c", "rm -rf build counted.*.so", ours=False)
        build.must(sys.executable, "setup.py", "-q", "build_ext", "--inplace", ours=ours, env=WITH_CC)
        assert bool(build.calls()) == ours
        library = next(build.work.glob("counted.*.so"))
        result = build.must(sys.executable, "-c", "import counted; print(counted.answer)", ours=False)
        made.append((library.name, library.read_bytes(), result.out))
    assert made[0] == made[1]
    assert made[0][2] == b"42\n"


def _include() -> str:
    import sysconfig

    return sysconfig.get_paths()["include"]


def test_the_real_compiler_is_another(build: Build) -> None:
    """What is compared above are two ways to the same compiler."""
    real = shutil.which("cc", path=build.environment(ours=False)["PATH"])
    first = shutil.which("cc", path=build.environment(ours=True)["PATH"])
    assert real is not None
    assert first == str(build.ours / "cc")
