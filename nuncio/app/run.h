#pragma once

#include "nuncio/app/options.h"

namespace nuncio::app {

// `nuncio run`: starts the control plane and Envoy, keeps both alive, drains on SIGTERM and SIGINT. Returns the exit
// status: 0 after a drain, 1 when it could not start. Takes over the signals of the process.
int Run(const RunOptions& options);

// The control plane itself, the hidden command "control-plane" of the program: Run() starts the program again with it
// in place of "run" and with options.arguments behind it. Ends on SIGTERM.
int RunControlPlane(const RunOptions& options);

}  // namespace nuncio::app
