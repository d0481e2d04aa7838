# What the cluster of the tests is made of. Read by build.sh; a new version is a new file in the cache.
KUBERNETES=1.36.1
ETCD=3.7.3  # 3.4 refuses streaming lists
COREDNS=1.14.7
HELM=3.22.0
GO=1.26  # the oldest Go that compiles all of them
