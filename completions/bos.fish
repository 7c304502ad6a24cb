complete --keep-order --exclusive --command bos --arguments "(COMPLETE=fish bos -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
