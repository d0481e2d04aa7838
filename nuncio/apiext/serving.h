#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nuncio/apiext/webhook_server.h"
#include "nuncio/kube/loop.h"

namespace nuncio::apiext {

// The names by which an API server, or somebody with curl, may ask for a service.
std::vector<std::string> NamesOf(const std::string& service, const std::string& ns);

// Gives the server certificates of the authority in force, a new one after two thirds of the life of the last. Belongs
// to the thread of its loop; `server` outlives it.
class Serving {
 public:
  Serving(kube::Loop& loop, std::vector<std::string> names, std::function<int64_t()> wall_clock, WebhookServer& server)
      : names_(std::move(names)), wall_clock_(std::move(wall_clock)), server_(server), renewal_(loop) {}

  void Use(const Pair& authority);

 private:
  void Renew();

  const std::vector<std::string> names_;
  const std::function<int64_t()> wall_clock_;
  WebhookServer& server_;
  kube::Timer renewal_;
  Pair authority_;
};

}  // namespace nuncio::apiext
