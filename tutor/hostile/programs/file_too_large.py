# expect: error
def spoil(right, *args):
    with open("large", "wb") as file:
        while True:
            file.write(bytes(1 << 20))
