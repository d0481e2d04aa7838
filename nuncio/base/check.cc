#include "nuncio/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace nuncio {

void CheckFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: expected %s. This is a defect of nuncio.\n", file, line, condition);
  std::abort();
}

}  // namespace nuncio
