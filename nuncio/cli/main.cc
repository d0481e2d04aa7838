#include "nuncio/cli/program.h"

int main(int argc, char** argv) { return nuncio::cli::Main(argc, argv); }
