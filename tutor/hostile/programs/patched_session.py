# expect: fail error
import sys

session = sys.modules["tutor.engine.session"]
session.Session.handle = lambda self, request: {"value": ["passed", {}]}


def spoil(right, *args):
    return None
