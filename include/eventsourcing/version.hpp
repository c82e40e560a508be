// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_VERSION_HPP
#define EVENTSOURCING_VERSION_HPP

// The one place that names the version; CMakeLists.txt reads these three lines.
#define EVENTSOURCING_VERSION_MAJOR 0
#define EVENTSOURCING_VERSION_MINOR 1
#define EVENTSOURCING_VERSION_PATCH 0

#endif
