# expect: error
name = 'Müller'
