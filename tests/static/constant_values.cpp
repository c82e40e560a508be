// SPDX-License-Identifier: MIT
// Ids, times and names can be written, read and compared in constant expressions.
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/core/uuid7.hpp>

#include <limits>

namespace es = eventsourcing;

namespace {

constexpr auto time = es::Timestamp::parse("2026-11-23T07:31:00.25+01:00");
static_assert(time && *time == es::Timestamp::from_unix(1'795'415'460, 250'000'000));
static_assert(time->unix_seconds() == 1'795'415'460 && time->nanoseconds() == 250'000'000);
static_assert(*time->to_unix_nanoseconds() == 1'795'415'460'250'000'000);
static_assert(es::Timestamp::from_unix_nanoseconds(-1) < es::Timestamp{});
static_assert(es::Timestamp::min() < *time && *time < es::Timestamp::max());
static_assert(!es::Timestamp::parse("2026-02-30T00:00:00Z"));
static_assert(es::Timestamp::parse("2026-02-30T00:00:00Z").error() == es::errc::malformed);
static_assert(es::Timestamp::max().to_unix_nanoseconds().error() == es::errc::invalid);
// the ends of the range, without overflow on the way
using Limits = std::numeric_limits<std::int64_t>;
static_assert(*es::Timestamp::from_unix_nanoseconds(Limits::min()).to_unix_nanoseconds() ==
              Limits::min());
static_assert(*es::Timestamp::from_unix_nanoseconds(Limits::max()).to_unix_nanoseconds() ==
              Limits::max());
static_assert(es::Timestamp::from_unix(Limits::max(), Limits::max()) == es::Timestamp::max());
static_assert(es::Timestamp::from_unix(Limits::min(), Limits::min()) == es::Timestamp::min());

constexpr auto id = es::Uuid::parse("018F3C1E-7b2a-7cc1-9d3e-5a0b6c7d8e9f");
static_assert(id && id->version() == 7 && id->bytes()[0] == 0x01 && id->bytes()[15] == 0x9f);
static_assert(es::Uuid{} < *id && es::Uuid{}.is_nil() && !id->is_nil());
static_assert(es::Uuid::parse("018F3C1E").error() == es::errc::malformed);
static_assert(es::detail::Uuid7Clock{}.next(*time) >> 12 == 1'795'415'460'250);

constexpr es::StreamNameView name{"combat-ogre-2"};
static_assert(name.category() == "combat" && name.id() == "ogre-2");
static_assert(name.view() == "combat-ogre-2" && name == "combat-ogre-2" && name != "combat-ogre");
static_assert(es::StreamNameView::parse("combat-ogre")->id() == "ogre");
static_assert(es::StreamNameView::parse("$combat-ogre").error() == es::errc::invalid);

} // namespace
