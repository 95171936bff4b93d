"""The engine: judges submissions in processes of their own.

    face                   engine                     worker
    client.py     ⇄        service.py                 worker.py
    no torch               references, comparison,    imports the submission,
                           verdict (trusted)          returns tensors, numbers, text

A face imports :mod:`tutor.engine.client`; commands that look after engines and layers, :mod:`tutor.engine.daemon` and
:mod:`tutor.engine.sandbox` too.
"""
