"""A minimal browser with WebKitGTK's library, for its driver: `python webkit_window.py FOLDER`.

MiniBrowser has no persistent storage when a driver controls it. This browser stores the data of pages in the
folder. Each tab is a window.
"""

import ctypes
import sys
from typing import Any

WIDTH, HEIGHT = 360, 640
Started = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
Wanted = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)


def _library(name: str, *returning: str) -> Any:
    """A library of the system, with the functions that return a pointer."""
    library = ctypes.CDLL(name)
    for function in returning:
        getattr(library, function).restype = ctypes.c_void_p
    return library


webkit = _library(
    "libwebkit2gtk-4.1.so.0",
    "webkit_website_data_manager_new",
    "webkit_web_context_new_with_website_data_manager",
    "webkit_application_info_new",
)
webkit.webkit_web_view_get_type.restype = ctypes.c_size_t
gtk = _library("libgtk-3.so.0", "gtk_window_new")
glib = _library("libgobject-2.0.so.0", "g_object_new")


def main(folder: str) -> None:
    gtk.gtk_init(None, None)
    places = [b"base-data-directory", folder.encode(), b"base-cache-directory", folder.encode()]
    storage = webkit.webkit_website_data_manager_new(*map(ctypes.c_char_p, places), None)
    context = webkit.webkit_web_context_new_with_website_data_manager(ctypes.c_void_p(storage))
    webkit.webkit_web_context_set_automation_allowed(ctypes.c_void_p(context), 1)

    def view(_session: int, _data: int) -> int:
        return _window(context)

    def started(_context: int, session: int, _data: int) -> None:
        about = ctypes.c_void_p(webkit.webkit_application_info_new())
        webkit.webkit_application_info_set_name(about, b"WebKitGTK")
        webkit.webkit_automation_session_set_application_info(ctypes.c_void_p(session), about)
        _connect(session, b"create-web-view", wanted)

    wanted, begun = Wanted(view), Started(started)
    _connect(context, b"automation-started", begun)
    gtk.gtk_main()


def _window(context: int) -> int:
    """A new window; its view."""
    kind = ctypes.c_size_t(webkit.webkit_web_view_get_type())
    with_context = (b"web-context", ctypes.c_void_p(context))
    driven = (b"is-controlled-by-automation", ctypes.c_int(1))
    view = glib.g_object_new(kind, *with_context, *driven, None)
    window = ctypes.c_void_p(gtk.gtk_window_new(0))
    gtk.gtk_window_set_default_size(window, WIDTH, HEIGHT)
    gtk.gtk_container_add(window, ctypes.c_void_p(view))
    gtk.gtk_widget_show_all(window)
    return int(view)


def _connect(source: int, signal: bytes, callback: Any) -> None:
    glib.g_signal_connect_data(ctypes.c_void_p(source), signal, callback, None, None, 0)


if __name__ == "__main__":
    main(sys.argv[1])
