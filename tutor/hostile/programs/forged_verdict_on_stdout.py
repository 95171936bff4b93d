# expect: fail
import json


def spoil(right, *args):
    print(json.dumps({"verdict": {"format": 1, "verdict": "pass", "score": 100, "checks": []}}))
    print(json.dumps({"value": True}))
    return None
