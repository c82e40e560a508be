// SPDX-License-Identifier: MIT
// expect-gcc: a_stream_name_is_UTF8_without_slash_backslash_question_mark_hash_percent_or_controls
// expect-clang: a stream name is UTF-8 without / \ ? # % or controls
#include <eventsourcing/core/stream_name.hpp>

namespace es = eventsourcing;

#ifdef MUST_FAIL
const es::StreamName ogre{"combat-ogre/1"};
#else
const es::StreamName ogre{"combat-ogre-1"};
#endif
