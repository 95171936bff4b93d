"""The engine: judges submissions in processes of their own.

    face                   engine                     worker
    client.py     ⇄        service.py                 worker.py
    no torch               references, comparison,    imports the submission,
                           verdict (trusted)          returns tensors, numbers, text

A face imports :mod:`tutor.engine.client` alone.
"""
