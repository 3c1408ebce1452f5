//! Which rows a person can see. A parameter of every list, so that it cannot be forgotten.

use crate::id::{OperatorId, StationId};
use serde::{Deserialize, Serialize};

/// Whose rows, and where: both must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Staff of one operator see its rows only; the platform's own staff those of all.
    pub operator: Option<OperatorId>,
    pub area: Area,
}

/// The part of what belongs to them that a person looks after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Area {
    #[default]
    Everywhere,
    /// Stations in these cities, by administrative code.
    Cities {
        cities: Vec<String>,
    },
    Stations {
        stations: Vec<StationId>,
    },
}

/// Where a row belongs.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub operator: OperatorId,
    pub station: StationId,
    pub city: &'a str,
}

impl Scope {
    pub const ALL: Scope = Scope { operator: None, area: Area::Everywhere };

    pub fn of_operator(operator: OperatorId) -> Scope {
        Scope { operator: Some(operator), area: Area::Everywhere }
    }

    /// The platform as a whole.
    pub fn is_all(&self) -> bool {
        self.operator.is_none() && self.area == Area::Everywhere
    }

    /// Whether rows of this operator can be there for the person at all.
    pub fn sees_operator(&self, operator: OperatorId) -> bool {
        self.operator.is_none_or(|own| own == operator)
    }

    pub fn sees(&self, place: Place<'_>) -> bool {
        let here = match &self.area {
            Area::Everywhere => true,
            Area::Cities { cities } => cities.iter().any(|city| city == place.city),
            Area::Stations { stations } => stations.contains(&place.station),
        };
        here && self.sees_operator(place.operator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_and_where_must_both_fit() {
        let at = |operator, station, city| Place {
            operator: OperatorId(operator),
            station: StationId(station),
            city,
        };
        let (ours, theirs) = (at(1, 10, "420100"), at(2, 20, "440300"));
        let wuhan = Area::Cities { cities: vec!["420100".to_owned()] };
        let twenty = Area::Stations { stations: vec![StationId(20)] };
        let scope = |operator: Option<i64>, area: &Area| Scope {
            operator: operator.map(OperatorId),
            area: area.clone(),
        };
        for (scope, sees_ours, sees_theirs) in [
            (Scope::ALL, true, true),
            (Scope::of_operator(OperatorId(1)), true, false),
            (scope(None, &wuhan), true, false),
            (scope(None, &twenty), false, true),
            (scope(Some(1), &twenty), false, false),
            (scope(Some(2), &twenty), false, true),
            (scope(Some(1), &Area::Cities { cities: Vec::new() }), false, false),
        ] {
            assert_eq!((scope.sees(ours), scope.sees(theirs)), (sees_ours, sees_theirs), "{scope:?}");
        }
        assert!(Scope::ALL.is_all() && !scope(None, &wuhan).is_all());
    }
}
