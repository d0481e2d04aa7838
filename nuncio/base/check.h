#pragma once

namespace nuncio {

// Prints what was expected and where, then aborts. For our own bugs only: what a user or the environment can cause is a
// finding or a status.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);

}  // namespace nuncio

#define NUNCIO_CHECK(condition)                                              \
  do {                                                                       \
    if (!(condition)) ::nuncio::CheckFailed(__FILE__, __LINE__, #condition); \
  } while (false)
