#include "engine/base/finding.h"

namespace rdbproof {

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kReservation:
      return "reservation";
    case Severity::kUnsupported:
      return "unsupported";
    case Severity::kRefused:
      return "refused";
    case Severity::kDamaged:
      return "damaged";
  }
  return "unknown";
}

}  // namespace rdbproof
